//! The screen: draws the model, decides nothing, waits for nothing.
//!
//! One file per widget. Every text passes [`words`], which shows odd characters instead of obeying them.

pub mod blocks;
pub mod card;
pub mod explained;
pub mod form;
pub mod frame;
pub mod guide;
pub mod input;
pub mod ladder;
pub mod laid;
pub mod links;
pub mod over;
pub mod page;
pub mod start;
pub mod words;

pub use frame::draw;
