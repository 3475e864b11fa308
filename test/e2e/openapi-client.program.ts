/** A client as a stranger would write it against the generated types. What must not compile is marked. */
export const CLIENT = `
import type { components, paths } from './api.js';

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never;
type Answer<Path extends keyof paths, Method extends keyof paths[Path], Status extends number> =
  paths[Path][Method] extends { responses: infer Responses }
    ? Status extends keyof Responses ? Responses[Status] : never
    : never;
type Headers<T> = T extends { headers: infer Named } ? Named : never;
type Problem = components['schemas']['Problem'];
type RefusedCredits = Answer<'/api/users/{wallet}/credits/deduct', 'post', 409> extends
  { content: { 'application/problem+json': infer Body } } ? Body : never;

const user: Json<Answer<'/api/users/{wallet}', 'get', 200>> = {
  wallet_address: 'remes1', display_name: null, credits: '5', is_miner: false, last_mining_time: null, created_at: '',
};
export const spent: bigint = BigInt(user.credits);
// @ts-expect-error credits are a string
export const wrong: number = user.credits;

type Cached = Headers<Answer<'/api/tokens/{address}', 'get', 200>>;
export const tier: Cached['X-Cache'] = 'STALE';
export const age: Cached['Age'] = 3;
export const validator: Cached['ETag'] = '"x"';
// @ts-expect-error there is no third tier
export const noTier: Cached['X-Cache'] = 'L3';

const query: paths['/api/tokens/{address}']['get']['parameters']['query'] = { chainId: '1', limit: '50' };
export const search = new URLSearchParams(Object.entries(query ?? {}).map(([name, value]) => [name, String(value)]));

type AddHeaders = paths['/api/users/{wallet}/credits/add']['post']['parameters']['header'];
export const headers: AddHeaders = { 'Idempotency-Key': 'once' };
// @ts-expect-error the key is required
export const noKey: AddHeaders = {};

export async function read<Path extends keyof paths>(path: Path): Promise<Json<Answer<Path, 'get', 200 & number>> | Problem> {
  const answer = await fetch(path);
  return (await answer.json()) as Json<Answer<Path, 'get', 200>> | Problem;
}
export const refusal = (problem: RefusedCredits): string => problem.detail + (problem.errors?.[0]?.field ?? '');
const page = {} as Json<Answer<'/api/tokens/{address}', 'get', 200>>;
export const worth: string | undefined = page.tokens?.[0]?.value;
export const height: number = ({} as Json<Answer<'/api/blocks/height', 'get', 200>>).height;
`;
