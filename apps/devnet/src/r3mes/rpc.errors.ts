/** A JSON-RPC error as CometBFT words it. */
export class RpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data: string,
  ) {
    super(message);
  }

  toJSON(): { code: number; message: string; data: string } {
    return { code: this.code, message: this.message, data: this.data };
  }
}

export const internalError = (data: string): RpcError => new RpcError(-32603, 'Internal error', data);
export const invalidParams = (data: string): RpcError => new RpcError(-32602, 'Invalid params', data);
export const methodNotFound = (): RpcError => new RpcError(-32601, 'Method not found', '');
export const invalidRequest = (data: string): RpcError => new RpcError(-32600, 'Invalid Request', data);
export const parseError = (data: string): RpcError => new RpcError(-32700, 'Parse error. Invalid JSON', data);
