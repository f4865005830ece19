//! The services of the catalog as the plan needs them.
