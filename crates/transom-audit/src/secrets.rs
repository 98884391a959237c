//! Where secrets go: which expressions have the text of one in them.
//!
//! A secret is a variable of the environment whose name says so, or that the schema of `astro:env` calls one. It goes on
//! through names, objects, templates and the like, not through calls, apart from those that only write it otherwise.

use std::collections::HashMap;
use std::sync::LazyLock;

use oxc_ast::ast::{
    Argument, ArrayExpressionElement, BindingPattern, Expression, IdentifierReference,
    ObjectPropertyKind, Program, PropertyKey, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::{Scoping, SymbolId};
use regex::Regex;

use crate::module::Import;

/// Variables of a server, in Astro's own module.
const ENV_MODULE: &str = "astro:env/server";
/// Functions and methods that only write a text otherwise.
const REWRITE: [&str; 8] =
    ["stringify", "String", "toString", "trim", "concat", "assign", "encodeURIComponent", "btoa"];

/// Something with a secret in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A secret.
    Secret(String),
    /// A name of the top level, or an import, which may hold one.
    Name(String),
}

/// What a local variable holds.
#[derive(Debug, Clone, Default)]
struct Held {
    whole: Vec<Source>,
    /// For an object that was written out: what each member holds.
    members: Option<HashMap<String, Vec<Source>>>,
}

/// Where the secrets of one module are.
#[derive(Debug)]
pub(crate) struct Secrets {
    held: HashMap<SymbolId, Held>,
    imports: HashMap<String, Import>,
    listed: Vec<String>,
}

/// Whether a variable of this name is one that nobody shall see.
fn sounds_secret(name: &str) -> bool {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
        let words =
            "SECRET|TOKEN|PASSWORD|PASSWD|PRIVATE|CREDENTIAL|API_?KEY|_KEY$|^KEY$|DATABASE_URL|DSN";
        Regex::new(&format!("(?i){words}")).expect("the pattern is valid")
    });
    !name.starts_with("PUBLIC_") && PATTERN.is_match(name)
}

impl Secrets {
    pub(crate) fn find(
        program: &Program<'_>,
        scoping: &Scoping,
        imports: &HashMap<String, Import>,
        listed: &[String],
    ) -> Self {
        let found =
            Self { held: HashMap::new(), imports: imports.clone(), listed: listed.to_vec() };
        let mut collect = Collect { found, scoping };
        // The second time also finds what is declared before what it is made of.
        collect.visit_program(program);
        collect.visit_program(program);
        collect.found
    }

    fn is_secret(&self, name: &str) -> bool {
        sounds_secret(name) || self.listed.iter().any(|listed| listed == name)
    }

    /// What of a secret is in the value of an expression.
    pub(crate) fn sources(&self, expression: &Expression<'_>, scoping: &Scoping) -> Vec<Source> {
        let all = |list: &[&Expression<'_>]| {
            list.iter().flat_map(|part| self.sources(part, scoping)).collect()
        };
        match expression.get_inner_expression() {
            Expression::Identifier(name) => self.of_name(name, scoping),
            Expression::StaticMemberExpression(member) => {
                self.of_member(&member.object, &member.property.name, scoping)
            }
            Expression::ComputedMemberExpression(member) => match &member.expression {
                Expression::StringLiteral(name) => {
                    self.of_member(&member.object, &name.value, scoping)
                }
                _ => Vec::new(),
            },
            Expression::ObjectExpression(object) => object
                .properties
                .iter()
                .flat_map(|property| match property {
                    ObjectPropertyKind::ObjectProperty(property) => {
                        self.sources(&property.value, scoping)
                    }
                    ObjectPropertyKind::SpreadProperty(spread) => {
                        self.sources(&spread.argument, scoping)
                    }
                })
                .collect(),
            Expression::ArrayExpression(array) => array
                .elements
                .iter()
                .flat_map(|element| match element {
                    ArrayExpressionElement::SpreadElement(spread) => {
                        self.sources(&spread.argument, scoping)
                    }
                    other => other
                        .as_expression()
                        .map(|part| self.sources(part, scoping))
                        .unwrap_or_default(),
                })
                .collect(),
            Expression::TemplateLiteral(template) => {
                all(&template.expressions.iter().collect::<Vec<_>>())
            }
            Expression::AwaitExpression(awaited) => self.sources(&awaited.argument, scoping),
            Expression::ConditionalExpression(choice) => {
                all(&[&choice.consequent, &choice.alternate])
            }
            Expression::LogicalExpression(logical) => all(&[&logical.left, &logical.right]),
            Expression::BinaryExpression(sum) if sum.operator.as_str() == "+" => {
                all(&[&sum.left, &sum.right])
            }
            Expression::CallExpression(call) => {
                let arguments = || call.arguments.iter().filter_map(Argument::as_expression);
                match call.callee.get_inner_expression() {
                    Expression::Identifier(name) if self.is_get_secret(&name.name) => arguments()
                        .filter_map(|argument| match argument {
                            Expression::StringLiteral(text) => {
                                Some(Source::Secret(text.value.to_string()))
                            }
                            _ => None,
                        })
                        .collect(),
                    Expression::Identifier(name) if REWRITE.contains(&name.name.as_str()) => {
                        all(&arguments().collect::<Vec<_>>())
                    }
                    Expression::StaticMemberExpression(member)
                        if REWRITE.contains(&member.property.name.as_str()) =>
                    {
                        all(&arguments().chain([&member.object]).collect::<Vec<_>>())
                    }
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    fn is_get_secret(&self, name: &str) -> bool {
        self.imports.get(name).is_some_and(|import| {
            import.specifier == ENV_MODULE && import.name.as_deref() == Some("getSecret")
        })
    }

    fn of_name(&self, name: &IdentifierReference<'_>, scoping: &Scoping) -> Vec<Source> {
        let text = name.name.as_str();
        if let Some(import) = self.imports.get(text) {
            return match &import.name {
                Some(name) if import.specifier == ENV_MODULE => {
                    if self.is_secret(name) {
                        vec![Source::Secret(name.clone())]
                    } else {
                        Vec::new()
                    }
                }
                _ => vec![Source::Name(text.to_owned())],
            };
        }
        match symbol(name, scoping) {
            Some(symbol) => {
                self.held.get(&symbol).map(|held| held.whole.clone()).unwrap_or_default()
            }
            None => Vec::new(),
        }
    }

    /// `process.env.NAME`, `import.meta.env.NAME`, or a member of an object that was written out here.
    fn of_member(&self, object: &Expression<'_>, name: &str, scoping: &Scoping) -> Vec<Source> {
        if is_environment(object) {
            return if self.is_secret(name) {
                vec![Source::Secret(name.to_owned())]
            } else {
                Vec::new()
            };
        }
        if name == "env" && is_environment_root(object) {
            return vec![Source::Secret("the whole environment".to_owned())];
        }
        let Expression::Identifier(object) = object.get_inner_expression() else {
            return Vec::new();
        };
        let held = symbol(object, scoping).and_then(|symbol| self.held.get(&symbol));
        let member = held.and_then(|held| held.members.as_ref()?.get(name));
        member.cloned().unwrap_or_default()
    }
}

/// The symbol that a name stands for.
pub(crate) fn symbol(name: &IdentifierReference<'_>, scoping: &Scoping) -> Option<SymbolId> {
    scoping.get_reference(name.reference_id.get()?).symbol_id()
}

fn is_environment_root(expression: &Expression<'_>) -> bool {
    match expression.get_inner_expression() {
        Expression::Identifier(name) => name.name == "process",
        Expression::MetaProperty(_) => true,
        _ => false,
    }
}

/// `process.env` or `import.meta.env`.
fn is_environment(expression: &Expression<'_>) -> bool {
    match expression.get_inner_expression() {
        Expression::StaticMemberExpression(member) => {
            member.property.name == "env" && is_environment_root(&member.object)
        }
        _ => false,
    }
}

struct Collect<'s> {
    found: Secrets,
    scoping: &'s Scoping,
}

impl<'a> Visit<'a> for Collect<'_> {
    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        if let Some(init) = &declarator.init {
            self.declare(&declarator.id, init);
        }
        walk::walk_variable_declarator(self, declarator);
    }
}

impl Collect<'_> {
    fn declare(&mut self, pattern: &BindingPattern<'_>, init: &Expression<'_>) {
        match pattern {
            BindingPattern::BindingIdentifier(name) => {
                let whole = self.found.sources(init, self.scoping);
                let members = match init.get_inner_expression() {
                    Expression::ObjectExpression(object) => {
                        let members = object.properties.iter().filter_map(|property| {
                            let ObjectPropertyKind::ObjectProperty(property) = property else {
                                return None;
                            };
                            let name = key_name(&property.key)?;
                            Some((name, self.found.sources(&property.value, self.scoping)))
                        });
                        Some(members.collect())
                    }
                    _ => None,
                };
                if let Some(symbol) = name.symbol_id.get() {
                    self.found.held.insert(symbol, Held { whole, members });
                }
            }
            BindingPattern::ObjectPattern(object) => {
                for property in &object.properties {
                    let Some(key) = key_name(&property.key) else { continue };
                    let whole = self.found.of_member(init, &key, self.scoping);
                    for name in property.value.get_binding_identifiers() {
                        if let Some(symbol) = name.symbol_id.get() {
                            let held = Held { whole: whole.clone(), members: None };
                            self.found.held.insert(symbol, held);
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

/// The name of a member, where it is written out.
pub(crate) fn key_name(key: &PropertyKey<'_>) -> Option<String> {
    key.static_name().map(|name| name.to_string())
}
