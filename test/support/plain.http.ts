import { get, type IncomingHttpHeaders, type RequestOptions } from 'node:http';

/** An answer as it came. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks as plain `node:http` does: nothing but these headers is sent, and the answer is taken as it comes. */
export function ask(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  options: RequestOptions = {},
): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    get(url, { ...options, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    }).on('error', reject);
  });
}
