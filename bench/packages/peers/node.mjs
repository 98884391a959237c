// The rows of the bench behind Node's own server.
import { createServer } from 'node:http';
import { measure } from '../project/src/measure.ts';

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname === '/hello') {
    response.end('ready');
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(await measure(searchParams.get('row'), Number(searchParams.get('ms')))));
}).listen(Number(process.env.PORT), process.env.HOST);
