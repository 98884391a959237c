// The script of account.html and dashboard.html: who looks at the page, logging in and out, and one call.
import { auth, httpClient } from '/_transom/essentials.js';

const { as, call } = document.body.dataset;
const element = (id) => document.getElementById(id);

async function showWho() {
  const { subjectType, subjectId } = await auth.getTokenInfo();
  element('who').value = `${subjectType} ${subjectId}`;
}

element('login').onsubmit = async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  element('problem').value = '';
  try {
    await auth.login({ email: form.get('email'), password: form.get('password'), as });
  } catch (error) {
    element('problem').value = error.message;
  }
  await showWho();
};

element('logout').onclick = async () => {
  await auth.logout();
  element('answer').value = '';
  await showWho();
};

element('call').onclick = async () => {
  element('answer').value = '…';
  const reply = await httpClient.fetchWithAuth(call);
  element('answer').value = `${reply.status} ${await reply.text()}`;
};

await showWho();
