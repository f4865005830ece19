//! The full-screen wizard: a pure loop of messages and commands around a model, and the few files that touch the terminal.
//!
//! A key becomes a [`message`]; [`update`] changes the [`model`] and returns [`command`]s; [`view`] draws the model; then
//! `perform` carries the commands out and brings what came of them back as messages. `run` holds the loop and the terminal.

pub mod clipboard;
pub mod command;
pub mod field;
pub mod keys;
pub mod message;
pub mod model;
pub mod panel;
pub mod perform;
pub mod run;
pub mod update;
pub mod view;
