//! Fields of a setup that this nobounce does not know, wherever they stand: they survive a rewrite.

use serde_json::Value;

/// What tells that an object is about something else by now: then what stood beside it is out of date.
const ABOUT: [&str; 2] = ["checked_at", "value"];

/// Puts into `new` what `there` holds and `known` does not: `there` is the file, `known` the same as this nobounce understands it.
/// True where there was something.
pub fn carry(there: &Value, known: &Value, new: &mut Value) -> bool {
    let mut carried = false;
    match (there, known, new) {
        (Value::Object(there), Value::Object(known), Value::Object(new)) => {
            if ABOUT
                .iter()
                .any(|field| known.get(*field) != new.get(*field))
            {
                return false;
            }
            for (name, value) in there {
                match (known.get(name), new.get_mut(name)) {
                    (None, None) => {
                        new.insert(name.clone(), value.clone());
                        carried = true;
                    }
                    (Some(known), Some(new)) => carried |= carry(value, known, new),
                    _ => {}
                }
            }
        }
        (Value::Array(there), Value::Array(known), Value::Array(new))
            if there.len() == known.len() =>
        {
            // An entry of a list is found again by what is known of it: others may have come before it, or gone.
            let mut free: Vec<&mut Value> = new.iter_mut().collect();
            for (there, known) in there.iter().zip(known) {
                if let Some(at) = free.iter().position(|new| *new == known) {
                    carried |= carry(there, known, free.remove(at));
                }
            }
        }
        _ => {}
    }
    carried
}
