import type { RequestListener, Server } from 'node:http';
import type { HotAnswers } from '@chaincache/cache/http';

/**
 * Puts the ready answers in front of the framework: a request that they know is answered by them, any other one goes on.
 * @param isOpen while it says no, all requests go on
 */
export function answerAhead(server: Server, answers: HotAnswers, isOpen: () => boolean): void {
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
