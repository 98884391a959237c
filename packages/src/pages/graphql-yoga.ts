import { createSchema, createYoga } from "graphql-yoga";
import { assert, check } from "../check";

const yoga = createYoga({
  logging: false,
  schema: createSchema({
    typeDefs: "type Query { hello(name: String!): String! }",
    resolvers: { Query: { hello: (_: unknown, { name }: { name: string }) => `hello ${name}` } },
  }),
});

export const GET = check(async () => {
  const request = new Request("http://localhost/graphql", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query: '{ hello(name: "you") }' }),
  });
  assert.deepEqual(await (await yoga.fetch(request)).json(), { data: { hello: "hello you" } });
});
