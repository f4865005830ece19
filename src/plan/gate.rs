//! The gates: what must hold before a step may be taken, each with its reason.
