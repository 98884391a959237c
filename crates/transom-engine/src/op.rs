//! Native functions that script can call.

use std::future::Future;
use std::pin::Pin;

use crate::convert::{FromJs, IntoJs};
use crate::error::OpError;
use crate::raw::{Args, Persistent, Scope, Value};

/// A native function: a name, and Rust code with typed arguments. Ops never run script, but for the engine's own
/// `module_load` and `script_run`.
pub struct Op {
    pub(crate) name: &'static str,
    pub(crate) call: Box<OpCall>,
}

/// The uniform shape behind every op.
pub(crate) type OpCall = dyn for<'s> Fn(&mut Scope<'s>, Args<'s>) -> Result<Value<'s>, OpError>;

/// The work of an asynchronous op.
pub(crate) type LateWork = Pin<Box<dyn Future<Output = Result<LateValue, OpError>>>>;

/// The value of a finished asynchronous op, waiting to be handed to script.
pub(crate) type LateValue = Box<dyn for<'s> FnOnce(&mut Scope<'s>) -> Result<Value<'s>, OpError>>;

/// A future whose result settles a promise: run it on the isolate's own thread, then pass the result
/// to [`Isolate::settle`](crate::Isolate::settle).
pub type PendingOp = Pin<Box<dyn Future<Output = Settlement>>>;

/// The outcome of a [`PendingOp`].
pub struct Settlement {
    pub(crate) promise: Persistent,
    pub(crate) context: Persistent,
    pub(crate) realm: u32,
    pub(crate) outcome: Result<LateValue, OpError>,
}

impl Op {
    /// An op that answers at once. `function` takes zero to eight arguments of types that implement
    /// [`FromJs`] and returns a type that implements [`IntoJs`].
    pub fn new<A>(name: &'static str, function: impl OpFn<A>) -> Self {
        Self { name, call: Box::new(move |scope, args| function.call(scope, args)) }
    }

    /// An op that answers with a promise: `function` returns a future, which runs on the isolate's thread.
    /// A future that is ready at its first poll settles the promise without a turn of the event loop.
    pub fn future<A>(name: &'static str, function: impl OpFutureFn<A>) -> Self {
        Self {
            name,
            call: Box::new(move |scope, args| {
                let future = function.start(scope, args)?;
                scope.promise_of(future)
            }),
        }
    }

    /// An op over uninterpreted values, for what the typed forms cannot say.
    pub fn raw(
        name: &'static str,
        function: impl for<'s> Fn(&mut Scope<'s>, Args<'s>) -> Result<Value<'s>, OpError> + 'static,
    ) -> Self {
        Self { name, call: Box::new(function) }
    }

    /// The property name in `ops`.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl std::fmt::Debug for Op {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Op({})", self.name)
    }
}

/// A Rust function that can serve as an [`Op`]; `A` is the tuple of its argument types.
pub trait OpFn<A>: 'static {
    /// Converts the arguments, calls, converts the result.
    ///
    /// # Errors
    /// The function's own error, or a `TypeError` for an argument of the wrong type.
    fn call<'s>(&self, scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError>;
}

/// A Rust function that starts a future and can serve as [`Op::future`].
pub trait OpFutureFn<A>: 'static {
    /// Converts the arguments and starts the work.
    ///
    /// # Errors
    /// A `TypeError` for an argument of the wrong type.
    fn start<'s>(&self, scope: &mut Scope<'s>, args: Args<'s>) -> Result<LateWork, OpError>;
}

pub(crate) fn late<Output: IntoJs + 'static>(output: Output) -> LateValue {
    fn shape<F>(convert: F) -> F
    where
        F: for<'s> FnOnce(&mut Scope<'s>) -> Result<Value<'s>, OpError>,
    {
        convert
    }
    Box::new(shape(move |scope| output.into_js(scope)))
}

macro_rules! op_functions {
    ($(($($argument:ident $index:tt),*))*) => {$(
        impl<Function, Output, $($argument,)*> OpFn<($($argument,)*)> for Function
        where
            Function: Fn($($argument),*) -> Output + 'static,
            Output: IntoJs,
            $($argument: FromJs,)*
        {
            #[allow(unused_variables, reason = "the form without arguments uses neither")]
            fn call<'s>(&self, scope: &mut Scope<'s>, args: Args<'s>) -> Result<Value<'s>, OpError> {
                self($($argument::from_js(scope, args.get($index))?),*).into_js(scope)
            }
        }

        impl<Function, Work, Output, $($argument,)*> OpFutureFn<($($argument,)*)> for Function
        where
            Function: Fn($($argument),*) -> Work + 'static,
            Work: Future<Output = Result<Output, OpError>> + 'static,
            Output: IntoJs + 'static,
            $($argument: FromJs,)*
        {
            #[allow(unused_variables, reason = "the form without arguments uses neither")]
            fn start<'s>(
                &self,
                scope: &mut Scope<'s>,
                args: Args<'s>,
            ) -> Result<LateWork, OpError> {
                let work = self($($argument::from_js(scope, args.get($index))?),*);
                Ok(Box::pin(async move {
                    let output = work.await?;
                    Ok(late(output))
                }))
            }
        }
    )*};
}

op_functions! {
    ()
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}
