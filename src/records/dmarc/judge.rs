//! What is good and bad about a DMARC Policy Record by itself.
