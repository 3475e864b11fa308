/** The API itself: what `npm start` runs, with the environment that is told and no other. */
import { freePort } from '../../../../tools/services/free-port.mjs';
import { serveHttp } from './serve-http.mjs';

serveHttp(async ({ environment }) => {
  const port = await freePort();
  for (const name of Object.keys(process.env)) if (name !== 'PATH') delete process.env[name];
  Object.assign(process.env, environment, { HOST: '127.0.0.1', PORT: String(port) });
  // It resolves when the application listens.
  await import('../../../../dist/main.js');
  return `http://127.0.0.1:${port}`;
});
