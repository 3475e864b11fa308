export * from '../../tools/test-services.mjs';

/** The Redis that all specs of this run share. Name keys so that they cannot meet another spec's. */
export const sharedRedisUrl = (): string => required('TEST_REDIS_URL');

/** The PostgreSQL server that all specs of this run share. `createDatabase` makes a database of one's own in it. */
export const sharedDatabaseUrl = (): string => required('TEST_DATABASE_URL');

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run specs through jest.config.mjs, whose global setup sets it.`);
  return value;
}
