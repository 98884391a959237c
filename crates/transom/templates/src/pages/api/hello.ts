import type { APIRoute } from "astro";

// Answers GET /api/hello and GET /api/hello?name=Ada.
export const GET: APIRoute = ({ url }) => {
  const name = url.searchParams.get("name") ?? "world";
  return Response.json({ message: `Hello, ${name}!` });
};

// Answers POST /api/hello with a JSON body such as {"name": "Ada"}.
export const POST: APIRoute = async ({ request }) => {
  let body: { name?: unknown };
  try {
    body = await request.json();
  } catch {
    return Response.json({ error: "The body must be JSON." }, { status: 400 });
  }
  return Response.json({ message: `Hello, ${body.name ?? "world"}!` }, { status: 201 });
};
