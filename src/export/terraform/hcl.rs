//! The few pieces of HCL that records need, laid out as `terraform fmt` does.

/// A block with attributes and blocks in it.
pub struct Block {
    head: String,
    /// Name and expression.
    attributes: Vec<(String, String)>,
    inner: Vec<Block>,
}

impl Block {
    pub fn new(head: &str) -> Self {
        Self {
            head: head.to_owned(),
            attributes: Vec::new(),
            inner: Vec::new(),
        }
    }

    pub fn with(mut self, name: &str, expression: &str) -> Self {
        self.attributes
            .push((name.to_owned(), expression.to_owned()));
        self
    }

    pub fn around(mut self, inner: Block) -> Self {
        self.inner.push(inner);
        self
    }

    pub fn printed(&self) -> String {
        let width = self
            .attributes
            .iter()
            .map(|(name, _)| name.len())
            .max()
            .unwrap_or(0);
        let mut text = format!("{} {{\n", self.head);
        for (name, expression) in &self.attributes {
            text += &format!("  {name:width$} = {expression}\n");
        }
        for block in &self.inner {
            text.push('\n');
            for line in block.printed().lines() {
                text += &format!("  {line}\n");
            }
        }
        text + "}\n"
    }
}

/// A string in quotes. `${` and `%{` begin templates there, and SPF macros are full of `%{`.
pub fn text(text: &str) -> String {
    format!("\"{}\"", inside(text))
}

/// A text as it stands between quotes.
pub fn inside(text: &str) -> String {
    let mut inside = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '"' | '\\' => {
                inside.push('\\');
                inside.push(character);
            }
            '$' | '%' if rest.peek() == Some(&'{') => {
                inside.push(character);
                inside.push(character);
            }
            '\n' | '\r' | '\t' => inside.push(' '),
            character => inside.push(character),
        }
    }
    inside
}

/// A list on one line.
pub fn list(expressions: &[String]) -> String {
    format!("[{}]", expressions.join(", "))
}
