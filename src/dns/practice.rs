//! The pretend DNS of `nobounce practice`: hickory servers on loopback, two name servers and a resolver, and a pretend panel that writes to them.
