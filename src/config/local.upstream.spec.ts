import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from './config.reader.js';
import { type ResolvedUpstream, resolveUpstream, withoutLocalParts } from './local.upstream.js';

const EVM = { EVM_CHAINS: '8453=https://rpc.example', THIRDWEB_CLIENT_ID: 'us' };
const R3MES = { R3MES_RPC_URL: 'http://node:26657', R3MES_API_URL: 'http://node:1317' };
const ONLY_LOCAL = /^http:\/\/127\.0\.0\.1:\d+$/;
/** A database that is not the local one: its users are not known. */
const DATABASE = { DATABASE_URL: 'postgresql://u:p@db/x' };

jest.setTimeout(30_000);

describe('local parts', () => {
  let dataDir: string;
  let upstream: ResolvedUpstream | undefined;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'local-upstream-'));
  });
  afterEach(async () => {
    await upstream?.stop();
    upstream = undefined;
    rmSync(dataDir, { recursive: true, maxRetries: 10 });
  });

  const resolve = async (environment: Readonly<Record<string, string>>): Promise<ResolvedUpstream> =>
    (upstream = await resolveUpstream(readConfig({ DATA_DIR: dataDir, ...environment })));

  /** What makes a chain this chain and no other: the hash of its first block. */
  async function firstBlockOf(rpcUrl: string | undefined): Promise<string> {
    const answer = await fetch(`${rpcUrl}/block?height=1`);
    const { result } = (await answer.json()) as { result: { block_id: { hash: string } } };
    return result.block_id.hash;
  }

  it('stand in for all that is not configured, and end with the process that uses them', async () => {
    const { config, announcement, stop } = await resolve({});
    expect(config.insight.url).toMatch(ONLY_LOCAL);
    expect(config.evmChains).toHaveLength(1);
    for (const url of [config.r3mesRpcUrl, config.r3mesApiUrl]) expect(url).toMatch(ONLY_LOCAL);
    const text = announcement.join('\n');
    for (const part of [config.insight.url, config.r3mesRpcUrl, config.r3mesApiUrl]) expect(text).toContain(part);
    expect(text).toMatch(/wallet {3}remes1\w{38} {2}miner: .*credits/);
    expect(text).toMatch(/wallet {3}remes1\w{38} {2}user: /);
    await stop();
    upstream = undefined;
    await expect(fetch(`${config.r3mesRpcUrl}/status`)).rejects.toThrow('fetch failed');
    await expect(fetch(config.evmChains[0]!.rpcUrl)).rejects.toThrow('fetch failed');
  });

  it('stand in for the R3MES chain alone where the EVM upstream is configured', async () => {
    const { config, announcement } = await resolve({ ...EVM, ...DATABASE });
    expect(config).toMatchObject({ insight: { clientId: 'us' }, evmChains: [{ rpcUrl: 'https://rpc.example' }] });
    expect(config.r3mesRpcUrl).toMatch(ONLY_LOCAL);
    expect(announcement.join('\n')).not.toMatch(/EVM|user:/);
  });

  it('stand in for the EVM upstream alone where the R3MES chain is configured', async () => {
    const { config, announcement } = await resolve(R3MES);
    expect(config).toMatchObject({ r3mesRpcUrl: R3MES.R3MES_RPC_URL, r3mesApiUrl: R3MES.R3MES_API_URL });
    expect(config.insight.url).toMatch(ONLY_LOCAL);
    expect(announcement.join('\n')).not.toContain('R3MES');
  });

  it.each(Object.entries(R3MES))('complete no chain of which only %s is known', async (name, url) => {
    const { config, announcement } = await resolve({ ...EVM, [name]: url });
    expect([config.r3mesRpcUrl, config.r3mesApiUrl].filter((one) => one !== undefined)).toEqual([url]);
    expect(announcement).toEqual([]);
  });

  it('are none where everything is configured, or where none are wanted', async () => {
    const { config, announcement } = await resolve({ ...EVM, ...R3MES });
    expect([config.r3mesRpcUrl, announcement]).toEqual([R3MES.R3MES_RPC_URL, []]);
    expect(withoutLocalParts(readConfig(EVM)).r3mesRpcUrl).toBeUndefined();
    expect(() => withoutLocalParts(readConfig({}))).toThrow('EVM_CHAINS is missing');
  });

  it('continue the same R3MES chain, whether or not it stood in alone, and never twice at once', async () => {
    const first = await resolve(EVM);
    const hash = await firstBlockOf(first.config.r3mesRpcUrl);
    await expect(resolveUpstream(readConfig({ DATA_DIR: dataDir, ...EVM }))).rejects.toThrow(
      'Another R3MES chain uses',
    );
    await first.stop();
    expect(await firstBlockOf((await resolve({})).config.r3mesRpcUrl)).toBe(hash);
  });

  it('are of the chain id that is configured', async () => {
    const { config } = await resolve({ ...EVM, R3MES_CHAIN_ID: 'r3mes-of-mine-1' });
    const answer = await fetch(`${config.r3mesRpcUrl}/status`);
    expect(await answer.json()).toMatchObject({ result: { node_info: { network: 'r3mes-of-mine-1' } } });
  });
});
