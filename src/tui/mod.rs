//! The full-screen wizard: a pure loop of messages and commands around a model, and the few files that touch the terminal.
