import { createDatabase, sharedDatabaseUrl } from '../support/services.js';

let created: Promise<string> | undefined;

/** A database that the instances of one spec file share, and no other spec file's do. It ends with the run's server. */
export function databaseForSpec(): Promise<string> {
  created ??= createDatabase(sharedDatabaseUrl());
  return created;
}
