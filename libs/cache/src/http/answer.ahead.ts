import type { RequestListener, Server } from 'node:http';
import type { HotAnswers } from './hot.answers.js';

/**
 * Puts the ready answers in front of the framework: a request that they know is answered by them, any other one goes on.
 * Call it once the framework listens to the server's requests.
 * @param isOpen while it says no, all requests go on. Default: always open
 */
export function answerAhead(server: Server, answers: HotAnswers, isOpen: () => boolean = () => true): void {
  const framework = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const goOn = (): void => {
      for (const listener of framework) listener(request, response);
    };
    if (isOpen()) answers.answer(request, response, goOn);
    else goOn();
  });
}
