export interface RpcCall {
  readonly method: string;
  readonly params?: readonly unknown[];
}

interface RpcAnswer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** The node's own error, with its code. */
export class RpcError extends Error {
  constructor(
    readonly method: string,
    readonly code: number,
    message: string,
    readonly data?: unknown,
  ) {
    super(`${method}: ${message}`);
    this.name = 'RpcError';
  }
}

const TIMEOUT_MS = 30_000;

/** Plain JSON-RPC over HTTP, with batches. A batch rejects with the first error in it. */
export class JsonRpcClient {
  constructor(readonly url: string) {}

  async call<T>(method: string, ...params: readonly unknown[]): Promise<T> {
    const [result] = await this.batch([{ method, params }]);
    return result as T;
  }

  async batch(calls: readonly RpcCall[]): Promise<unknown[]> {
    const body = calls.map((call, id) => ({ jsonrpc: '2.0', id, method: call.method, params: call.params ?? [] }));
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`${this.url} answered ${response.status} to ${calls[0]?.method}`);
    const answers = (await response.json()) as RpcAnswer[];
    const byId = new Map(answers.map((answer) => [answer.id, answer]));
    return calls.map((call, id) => {
      const answer = byId.get(id);
      if (!answer) throw new Error(`${this.url} left out the answer to ${call.method}`);
      if (answer.error) throw new RpcError(call.method, answer.error.code, answer.error.message, answer.error.data);
      return answer.result;
    });
  }
}
