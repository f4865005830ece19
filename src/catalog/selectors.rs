//! Which DKIM selectors to try: the DNS cannot list them, so they are guessed.

use crate::catalog::owner::Owner;

/// Most selectors that are tried for services nobody has recognized.
pub const MOST: usize = 64;

/// Names that many services and servers use, most common first.
const USUAL: [&str; 24] = [
    "default",
    "selector1",
    "selector2",
    "google",
    "s1",
    "s2",
    "k1",
    "k2",
    "k3",
    "mail",
    "dkim",
    "key1",
    "mandrill",
    "mte1",
    "brevo1",
    "zoho",
    "zmail",
    "protonmail",
    "fm1",
    "sig1",
    "resend",
    "zendesk1",
    "smtp",
    "email",
];

/// The selectors of recognized services, then [`common_selectors`]; each once, without regard to capitals.
pub fn selectors_to_try(recognized: &[Owner]) -> Vec<String> {
    let mut selectors = Vec::new();
    for owner in recognized {
        for selector in owner
            .dkim()
            .iter()
            .flat_map(|dkim| dkim.literal_selectors())
        {
            add(&mut selectors, selector);
        }
    }
    for selector in common_selectors() {
        add(&mut selectors, &selector);
    }
    selectors
}

/// At most [`MOST`] selectors, most common first: the usual names, then the first selector of each service (one
/// that answers tells which service it is, and its others are tried then), then the second ones and so on.
pub fn common_selectors() -> Vec<String> {
    let mut selectors: Vec<String> = Vec::new();
    for usual in USUAL {
        add(&mut selectors, usual);
    }
    let of_services: Vec<Vec<&str>> = Owner::all()
        .filter_map(|owner| Some(owner.dkim()?.literal_selectors().collect()))
        .collect();
    let deepest = of_services.iter().map(Vec::len).max().unwrap_or(0);
    for place in 0..deepest {
        for service in &of_services {
            if let Some(selector) = service.get(place) {
                add(&mut selectors, selector);
            }
        }
    }
    selectors.truncate(MOST);
    selectors
}

fn add(selectors: &mut Vec<String>, selector: &str) {
    if !selectors
        .iter()
        .any(|known| known.eq_ignore_ascii_case(selector))
    {
        selectors.push(selector.to_owned());
    }
}
