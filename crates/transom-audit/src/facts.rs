//! What a function or an expression does that matters here, and which other names it mentions.

use std::collections::HashMap;
use std::sync::LazyLock;

use oxc_ast::ast::{
    Argument, BindingPattern, CallExpression, Class, Expression, ExpressionStatement, Function,
    IdentifierReference, NewExpression, ObjectPropertyKind, StaticMemberExpression, StringLiteral,
    TemplateLiteral, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::{ScopeFlags, Scoping};
use regex::Regex;

use crate::module::{Import, line_of};
use crate::secrets::{Secrets, Source, key_name, symbol};

/// Modules of the SDK whose `auth` asks and elevates.
const ESSENTIALS: &str = "@wix/essentials";

/// What was found in one item.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// Names of the top level and imports that it mentions, with the member that it uses of them.
    pub(crate) uses: Vec<(String, Option<String>)>,
    /// What it looks at to know who is calling.
    pub(crate) inspects: Vec<&'static str>,
    /// Line in which it elevates.
    pub(crate) elevates: Option<usize>,
    /// What it changes, and in which line.
    pub(crate) changes: Option<(String, usize)>,
    /// Whether it looks at cookies or the session.
    pub(crate) uses_cookies: bool,
    /// What goes into an answer, and in which line.
    pub(crate) sinks: Vec<(Vec<Source>, usize)>,
    /// What of a secret its value has.
    pub(crate) carries: Vec<Source>,
}

/// Collects facts.
pub(crate) struct Scan<'s> {
    text: &'s str,
    scoping: &'s Scoping,
    imports: &'s HashMap<String, Import>,
    secrets: &'s Secrets,
    facts: Facts,
}

impl<'s> Scan<'s> {
    pub(crate) fn new(
        text: &'s str,
        scoping: &'s Scoping,
        imports: &'s HashMap<String, Import>,
        secrets: &'s Secrets,
    ) -> Self {
        Self { text, scoping, imports, secrets, facts: Facts::default() }
    }

    pub(crate) fn done(self) -> Facts {
        self.facts
    }

    pub(crate) fn function(&mut self, function: &Function<'_>) {
        self.visit_function(function, ScopeFlags::Function);
    }

    pub(crate) fn class(&mut self, class: &Class<'_>) {
        self.visit_class(class);
    }

    pub(crate) fn expression(&mut self, expression: &Expression<'_>) {
        self.visit_expression(expression);
    }

    pub(crate) fn declarator(&mut self, declarator: &VariableDeclarator<'_>) {
        if let Some(init) = &declarator.init {
            self.facts.carries = self.secrets.sources(init, self.scoping);
        }
        self.visit_variable_declarator(declarator);
    }

    fn line(&self, start: u32) -> usize {
        line_of(self.text, start)
    }

    /// The import that a name stands for, if it is not a local variable of the same name.
    fn import(&self, name: &IdentifierReference<'_>) -> Option<&Import> {
        let symbol = symbol(name, self.scoping)?;
        let is_top = self.scoping.symbol_scope_id(symbol) == self.scoping.root_scope_id();
        self.imports.get(name.name.as_str()).filter(|_| is_top)
    }

    fn mention(&mut self, name: &IdentifierReference<'_>, member: Option<&str>) {
        let Some(symbol) = symbol(name, self.scoping) else { return };
        if self.scoping.symbol_scope_id(symbol) == self.scoping.root_scope_id() {
            let mention = (name.name.to_string(), member.map(str::to_owned));
            if !self.facts.uses.contains(&mention) {
                self.facts.uses.push(mention);
            }
        }
    }

    fn inspects(&mut self, what: &'static str) {
        if !self.facts.inspects.contains(&what) {
            self.facts.inspects.push(what);
        }
    }

    /// What `auth.getTokenInfo` and its like mean: `path` is how a name of the SDK was reached.
    fn sdk(&mut self, path: &[&str], start: u32) {
        match path {
            ["auth", "getTokenInfo" | "getContextualAuth", ..] | ["getContextualAuth"] => {
                self.inspects("getTokenInfo()");
            }
            ["auth", "elevate", ..] | ["elevate"] => {
                let line = self.line(start);
                self.facts.elevates.get_or_insert(line);
            }
            _ => {}
        }
    }

    /// The path of an expression that begins at an import of the SDK.
    fn sdk_path<'e>(&'e self, expression: &'e Expression<'_>) -> Option<Vec<&'e str>> {
        let (root, mut path) = path_of(expression)?;
        let import = self.import(root)?;
        if import.specifier != ESSENTIALS && !import.specifier.starts_with("@wix/sdk") {
            return None;
        }
        if let Some(name) = import.name.as_deref() {
            path.insert(0, name);
        }
        Some(path)
    }

    fn changes(&mut self, what: String, start: u32) {
        let line = self.line(start);
        self.facts.changes.get_or_insert((what, line));
    }

    fn statement(&mut self, text: &str, start: u32) {
        static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
            let pattern = r"(?i)^\s*(INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|DROP\s+TABLE|TRUNCATE\s+TABLE)\s";
            Regex::new(pattern).expect("the pattern is valid")
        });
        if let Some(found) = PATTERN.captures(text) {
            let verb = found[1].split_whitespace().next().unwrap_or_default().to_uppercase();
            self.changes(format!("a statement with {verb}"), start);
        }
    }

    fn call(&mut self, call: &CallExpression<'_>) {
        let Some((root, path)) = path_of(&call.callee) else { return };
        let first = call.arguments.first().and_then(Argument::as_expression);
        let first = match first {
            Some(Expression::StringLiteral(text)) => Some(text.value.to_ascii_lowercase()),
            _ => None,
        };
        if path.ends_with(&["headers", "get"]) || (root.name == "headers" && path == ["get"]) {
            match first.as_deref() {
                Some("authorization") => self.inspects("the header Authorization"),
                Some("cookie") => self.facts.uses_cookies = true,
                _ => {}
            }
        }
        if path.ends_with(&["subtle", "verify"]) || last(root, &path) == "timingSafeEqual" {
            self.inspects("a signature");
        }
        let is_call_out = matches!(last(root, &path), "fetch" | "fetchWithAuth");
        if let (true, Some(method)) = (is_call_out, unsafe_method(call)) {
            self.changes(format!("a call with {method}"), call.span.start);
        }
        if let Some(import) = self.import(root)
            && !import.specifier.starts_with("node:")
        {
            let is_sdk = import.specifier.starts_with("@wix/");
            let name = last(root, &path).to_owned();
            if is_change(&name, is_sdk) {
                self.changes(format!("`{name}()`"), call.span.start);
            }
        }
        if root.name == "Response" && path == ["json"] && symbol(root, self.scoping).is_none() {
            self.sink(&call.arguments, call.span.start);
        }
    }

    fn sink(&mut self, arguments: &[Argument<'_>], start: u32) {
        let parts = arguments.iter().filter_map(Argument::as_expression);
        let sources: Vec<Source> =
            parts.flat_map(|part| self.secrets.sources(part, self.scoping)).collect();
        if !sources.is_empty() {
            let line = self.line(start);
            self.facts.sinks.push((sources, line));
        }
    }
}

/// `a.b.c` as the name and the members.
fn path_of<'e>(
    expression: &'e Expression<'_>,
) -> Option<(&'e IdentifierReference<'e>, Vec<&'e str>)> {
    match expression.get_inner_expression() {
        Expression::Identifier(name) => Some((name, Vec::new())),
        Expression::StaticMemberExpression(member) => {
            let (root, mut path) = path_of(&member.object)?;
            path.push(member.property.name.as_str());
            Some((root, path))
        }
        Expression::ChainExpression(chain) => {
            let member = chain.expression.as_member_expression()?;
            let (root, mut path) = path_of(member.object())?;
            path.push(member.static_property_name()?);
            Some((root, path))
        }
        _ => None,
    }
}

fn last<'e>(root: &'e IdentifierReference<'_>, path: &[&'e str]) -> &'e str {
    path.last().copied().unwrap_or(root.name.as_str())
}

/// The method that a call of `fetch` names, where it is none of the safe ones.
fn unsafe_method(call: &CallExpression<'_>) -> Option<String> {
    let options = call.arguments.get(1).and_then(Argument::as_expression)?;
    let Expression::ObjectExpression(options) = options.get_inner_expression() else { return None };
    options.properties.iter().find_map(|property| {
        let ObjectPropertyKind::ObjectProperty(property) = property else { return None };
        let Expression::StringLiteral(method) = &property.value else { return None };
        let method = method.value.to_ascii_uppercase();
        let is_method = key_name(&property.key).as_deref() == Some("method");
        (is_method && ["POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()))
            .then_some(method)
    })
}

/// Whether a function of this name changes what it is called on. `create` is often harmless (`createHash`), but not in
/// the SDK.
fn is_change(name: &str, is_sdk: bool) -> bool {
    let verbs: &[&str] = &[
        "insert",
        "update",
        "delete",
        "remove",
        "save",
        "truncate",
        "bulkInsert",
        "bulkUpdate",
        "bulkSave",
        "bulkRemove",
        "bulkPatch",
    ];
    let begins = |verb: &&&str| {
        let rest = name.strip_prefix(**verb);
        rest.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_uppercase())
        })
    };
    verbs.iter().find(begins).is_some() || (is_sdk && begins(&&"create") && name != "createClient")
}

impl<'a> Visit<'a> for Scan<'_> {
    fn visit_identifier_reference(&mut self, name: &IdentifierReference<'a>) {
        self.mention(name, None);
        let is_elevate = self.import(name).is_some_and(|import| {
            import.specifier.starts_with("@wix/sdk") && import.name.as_deref() == Some("elevate")
        });
        if is_elevate {
            self.sdk(&["elevate"], name.span.start);
        }
        if matches!(name.name.as_str(), "cookies" | "session") && self.import(name).is_none() {
            self.facts.uses_cookies = true;
        }
    }

    fn visit_static_member_expression(&mut self, member: &StaticMemberExpression<'a>) {
        if matches!(member.property.name.as_str(), "cookies" | "session") {
            self.facts.uses_cookies = true;
        }
        if let Some((root, mut path)) = path_of(&member.object) {
            path.push(member.property.name.as_str());
            let import = self.import(root).filter(|import| {
                import.specifier == ESSENTIALS || import.specifier.starts_with("@wix/sdk")
            });
            if let Some(import) = import {
                let name = import.name.clone();
                let path: Vec<&str> = name.as_deref().into_iter().chain(path).collect();
                self.sdk(&path, member.span.start);
                return;
            }
            if path.len() == 1 {
                self.mention(root, Some(path[0]));
                if matches!(root.name.as_str(), "cookies" | "session") {
                    self.facts.uses_cookies = true;
                }
                return;
            }
        }
        walk::walk_static_member_expression(self, member);
    }

    fn visit_expression_statement(&mut self, statement: &ExpressionStatement<'a>) {
        let mut expression = statement.expression.get_inner_expression();
        if let Expression::AwaitExpression(awaited) = expression {
            expression = awaited.argument.get_inner_expression();
        }
        // Whoever asks and does not listen has not looked.
        if let Expression::CallExpression(call) = expression
            && self.sdk_path(&call.callee).as_deref() == Some(&["auth", "getTokenInfo"])
        {
            return;
        }
        walk::walk_expression_statement(self, statement);
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        self.call(call);
        walk::walk_call_expression(self, call);
    }

    fn visit_new_expression(&mut self, new: &NewExpression<'a>) {
        if let Expression::Identifier(name) = &new.callee
            && name.name == "Response"
            && symbol(name, self.scoping).is_none()
        {
            self.sink(&new.arguments, new.span.start);
        }
        walk::walk_new_expression(self, new);
    }

    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        if let (BindingPattern::ObjectPattern(pattern), Some(init)) =
            (&declarator.id, &declarator.init)
            && let Some(path) = self.sdk_path(init)
        {
            let path: Vec<String> = path.into_iter().map(str::to_owned).collect();
            for property in &pattern.properties {
                let Some(key) = key_name(&property.key) else { continue };
                let path: Vec<&str> =
                    path.iter().map(String::as_str).chain([key.as_str()]).collect();
                self.sdk(&path, declarator.span.start);
            }
        }
        walk::walk_variable_declarator(self, declarator);
    }

    fn visit_string_literal(&mut self, text: &StringLiteral<'a>) {
        self.statement(&text.value, text.span.start);
    }

    fn visit_template_literal(&mut self, template: &TemplateLiteral<'a>) {
        if let Some(first) = template.quasis.first() {
            let more = if template.expressions.is_empty() { "" } else { "x " };
            let text = format!("{}{more}", first.value.raw);
            self.statement(&text, template.span.start);
        }
        walk::walk_template_literal(self, template);
    }
}
