//! Words that are almost another: for "did you mean ...?".

/// True where at most `limit` letters must be changed, added, left out or swapped with their neighbor.
pub fn is_near(text: &str, word: &str, limit: usize) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (text.chars().take(20).collect(), word.chars().collect());
    if text.is_empty() || text == word || a.len().abs_diff(b.len()) > limit {
        return text == word;
    }
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut best = change.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(rows[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    rows[a.len()][b.len()] <= limit
}
