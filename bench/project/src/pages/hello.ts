// Row "hello": the smallest answer, which measures the way in and out and nothing else.
import type { APIRoute } from 'astro';

export const GET: APIRoute = () => Response.json({ hello: 'world' });
