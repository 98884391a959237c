//! The form of an expression, as far as it decides who is let in: names, calls and their arguments.

use oxc_ast::ast::{Argument, Expression};

/// A simplified expression.
#[derive(Debug, Clone, Default)]
pub(crate) enum Value {
    /// A name of the module's top level, or an import, and a member of it.
    Name(String, Option<String>),
    /// A call; the arguments that are texts are kept apart.
    Call { callee: Box<Value>, arguments: Vec<Value>, texts: Vec<String> },
    /// Anything else.
    #[default]
    Other,
}

impl Value {
    /// Simplifies an expression.
    pub(crate) fn of(expression: &Expression<'_>) -> Self {
        match expression.get_inner_expression() {
            Expression::Identifier(name) => Self::Name(name.name.to_string(), None),
            Expression::StaticMemberExpression(member) => {
                match member.object.get_inner_expression() {
                    Expression::Identifier(object) => {
                        Self::Name(object.name.to_string(), Some(member.property.name.to_string()))
                    }
                    _ => Self::Other,
                }
            }
            Expression::CallExpression(call) => {
                let expressions = || call.arguments.iter().filter_map(Argument::as_expression);
                let texts = expressions().filter_map(|argument| match argument {
                    Expression::StringLiteral(text) => Some(text.value.to_string()),
                    _ => None,
                });
                Self::Call {
                    callee: Box::new(Self::of(&call.callee)),
                    arguments: expressions().map(Self::of).collect(),
                    texts: texts.collect(),
                }
            }
            _ => Self::Other,
        }
    }
}
