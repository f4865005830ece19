//! What an enhanced status code means in general (RFC 3463, and the registry of codes that others added).

/// The meaning of a code such as `5.1.1`, in plain words; none for a code that says nothing.
pub fn of(status: &str) -> Option<&'static str> {
    let mut parts = status.split('.');
    let _class = parts.next()?;
    let subject: u16 = parts.next()?.parse().ok()?;
    let detail: u16 = parts.next()?.parse().ok()?;
    let meaning = match (subject, detail) {
        (1, 1) => "the recipient's address does not exist",
        (1, 2) => "the part of the recipient's address behind the @ does not exist",
        (1, 3) => "the recipient's address is not written right",
        (1, 4) => "the recipient's address fits more than one mailbox",
        (1, 6) => "the recipient's mailbox has moved",
        (1, 7) => "the sender's address is not written right",
        (1, 8) => "the sender's domain cannot be used",
        (1, 10) => "the recipient's domain takes no mail at all",
        (1, _) => "something about an address",
        (2, 1) => "the mailbox is switched off, or takes no mail",
        (2, 2) => "the mailbox is full",
        (2, 3) => "the mail is too large for this mailbox",
        (2, 4) => "a mailing list could not be expanded",
        (2, _) => "something about the recipient's mailbox",
        (3, 1) => "the recipient's mail system is full",
        (3, 2) => "the recipient's mail system takes no mail at the moment",
        (3, 4) => "the mail is too large for the recipient's mail system",
        (3, _) => "something about the recipient's mail system",
        (4, 1) => "the recipient's server does not answer",
        (4, 2) => "the connection broke off",
        (4, 3) => "a directory or DNS server did not answer",
        (4, 4) => "no way to the recipient's server was found",
        (4, 5) => "the recipient's mail system is busy",
        (4, 6) => "the mail goes round in circles",
        (4, 7) => "the mail waited too long to be delivered",
        (4, _) => "something about the network on the way",
        (5, _) => "the two servers did not understand each other",
        (6, _) => "something about the form of the content",
        (7, 1) => {
            "the mail was refused by a rule; many receivers use this number for all kinds of rules"
        }
        (7, 2) => "the sender may not write to this mailing list",
        (7, 8) => "a user name or password was wrong",
        (7, _) => "the mail was refused by a rule",
        _ => return None,
    };
    Some(meaning)
}
