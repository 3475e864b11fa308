import { internalError, invalidRequest, methodNotFound, RpcError } from './rpc.errors.js';
import type { RpcMethods } from './rpc.method.js';
import type { RpcParams } from './rpc.params.js';

export interface RpcRequest {
  readonly id: string | number;
  readonly method: string;
  readonly params: unknown;
}

export interface RpcResponse {
  readonly jsonrpc: '2.0';
  readonly id: string | number;
  readonly result?: unknown;
  readonly error?: RpcError;
}

export function requestOf(value: unknown): RpcRequest {
  const { id, method, params } = (value ?? {}) as Partial<RpcRequest>;
  if (typeof method !== 'string' || (typeof id !== 'string' && typeof id !== 'number')) {
    throw invalidRequest('a request has a method and an id');
  }
  return { id, method, params };
}

/** Runs one request; every failure becomes an error answer. */
export async function dispatch(methods: RpcMethods, { id, method, params }: RpcRequest): Promise<RpcResponse> {
  try {
    const found = Object.hasOwn(methods, method) ? methods[method]! : undefined;
    if (found === undefined) throw methodNotFound();
    return { jsonrpc: '2.0', id, result: await found.run(named(found.params, params)) };
  } catch (error) {
    return { jsonrpc: '2.0', id, error: asRpcError(error) };
  }
}

export function asRpcError(error: unknown): RpcError {
  return error instanceof RpcError ? error : internalError(error instanceof Error ? error.message : String(error));
}

function named(names: readonly string[], params: unknown): RpcParams {
  if (Array.isArray(params)) return Object.fromEntries(names.map((name, index) => [name, params[index] as unknown]));
  return typeof params === 'object' && params !== null ? (params as RpcParams) : {};
}
