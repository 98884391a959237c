// A contact form, sent by a plain HTML form. What was written is kept in a journal.
import type { APIRoute } from 'astro';
import { fail } from '~/lib/json';
import { appendRecord } from '~/lib/storage';

export const POST: APIRoute = async ({ request, redirect, locals }) => {
  const form = await request.formData();
  const email = String(form.get('email') ?? '').trim();
  const message = String(form.get('message') ?? '').trim();
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) return fail(400, 'please give an e-mail address');
  if (message === '') return fail(400, 'please write a message');

  const topics = form.getAll('topic').map(String);
  await appendRecord('contact.jsonl', { id: locals.requestId, email, message, topics });
  // 303: the browser continues with a GET, and a reload does not send the form again.
  return redirect('/thanks.html', 303);
};
