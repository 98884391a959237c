//! Moves `import` and `export` declarations behind everything else in a module's text, without moving anything else.
//!
//! SpiderMonkey parses functions lazily only until it meets the first import or export of a module; from there on
//! every function is parsed in full and compiled at once, called or not. Both kinds of declaration are hoisted by the
//! language, so their place does not matter to the program. Lines and columns of everything else stay as they were.

use std::borrow::Cow;

/// How much of a module's form is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The output of a bundler: only the imports at its head are moved, one statement to a line.
    Bundled,
    /// Built-in modules: a statement that begins with `import` or `export` begins a line, and no line of a comment
    /// or a template does.
    Builtin,
}

/// The text with its declarations last.
pub(crate) fn last(text: &str, form: Form) -> Cow<'_, str> {
    let mut moved = Moved::default();
    let mut kept = String::with_capacity(text.len() + 512);
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        if line.starts_with("import ") || (form == Form::Builtin && line.starts_with("export {")) {
            moved.statement(line, &mut lines, &mut kept, form);
        } else if let Some(rest) = line.strip_prefix("export ").filter(|_| form == Form::Builtin)
            && let Some(name) = declared_name(rest)
        {
            moved.names.push(name);
            kept.push_str("       ");
            kept.push_str(rest);
        } else {
            kept.push_str(line);
            let is_head = line.trim().is_empty() || line.starts_with("//");
            if form == Form::Bundled && !is_head {
                break;
            }
        }
    }
    let rest: Vec<&str> = lines.collect();
    // Modules are evaluated in the order in which they are asked for, so all move or none.
    if moved.is_empty() || rest.iter().any(|line| asks_for_module(line)) {
        return Cow::Borrowed(text);
    }
    kept.extend(rest);
    moved.append_to(&mut kept);
    Cow::Owned(kept)
}

#[derive(Default)]
struct Moved<'t> {
    statements: String,
    names: Vec<&'t str>,
}

impl<'t> Moved<'t> {
    fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.names.is_empty()
    }

    /// Takes a statement that begins with `line` and leaves empty lines in its place.
    fn statement(
        &mut self,
        line: &'t str,
        lines: &mut std::str::SplitInclusive<'t, char>,
        kept: &mut String,
        form: Form,
    ) {
        let is_whole = |line: &str| line.trim_end().ends_with(';');
        if form == Form::Bundled && !is_whole(line) {
            kept.push_str(line);
            return;
        }
        let mut line = line;
        loop {
            self.statements.push_str(line.trim_end());
            self.statements.push('\n');
            kept.push('\n');
            if is_whole(line) {
                return;
            }
            match lines.next() {
                Some(next) => line = next,
                None => return,
            }
        }
    }

    fn append_to(&self, text: &mut String) {
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&self.statements);
        if !self.names.is_empty() {
            text.push_str("export { ");
            text.push_str(&self.names.join(", "));
            text.push_str(" };\n");
        }
    }
}

/// Whether a line could be a further import or re-export.
fn asks_for_module(line: &str) -> bool {
    let is_import = line.strip_prefix("import").is_some_and(|rest| !rest.starts_with(['(', '.']));
    is_import || line.starts_with("export") && line.contains("from")
}

/// The name that an exported declaration of a plain form binds.
fn declared_name(declaration: &str) -> Option<&str> {
    const FORMS: [&str; 6] =
        ["async function* ", "async function ", "function* ", "function ", "class ", "const "];
    let rest = FORMS.iter().chain(&["let "]).find_map(|form| declaration.strip_prefix(form))?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '$'))?;
    (end > 0).then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_go_last_and_nothing_else_moves() {
        let text = "// first\nimport { a,\n  b } from \"x\";\nexport class C extends a {}\nconst d = 1;\nexport { d };\n\
                    export async function e() {}\nexport const f = 2;\nexport default { a };\n";
        assert_eq!(
            last(text, Form::Builtin),
            "// first\n\n\n       class C extends a {}\nconst d = 1;\n\n       async function e() {}\n       const f = 2;\n\
             export default { a };\nimport { a,\n  b } from \"x\";\nexport { d };\nexport { C, e, f };\n"
        );
    }

    #[test]
    fn of_a_bundle_only_the_head_is_touched() {
        let text = "import { a } from \"./a.js\";\n//#region b\nconst t = `\n no import;\n`;\nexport { t };";
        assert_eq!(
            last(text, Form::Bundled),
            "\n//#region b\nconst t = `\n no import;\n`;\nexport { t };\nimport { a } from \"./a.js\";\n"
        );
        let spread = "import \"./a.js\";\nf();\nimport \"./b.js\";\n";
        assert_eq!(last(spread, Form::Bundled), spread);
        let passed_on = "import \"./a.js\";\nf();\nexport { b } from \"./b.js\";\n";
        assert_eq!(last(passed_on, Form::Bundled), passed_on);
        let unusual = "import {\n a } from \"x\";\nf();";
        assert_eq!(last(unusual, Form::Bundled), unusual);
        let import_call = "import(\"x\");";
        assert_eq!(last(import_call, Form::Bundled), import_call);
    }

    #[test]
    fn what_cannot_be_moved_stays() {
        let text = "export const { a, b } = c;\nexport default 1;\n";
        assert_eq!(last(text, Form::Builtin), text);
    }
}
