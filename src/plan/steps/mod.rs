//! One file a rung.
