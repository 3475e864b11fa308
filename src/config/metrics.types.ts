import { z } from 'zod';
import { CATALOG_ENTRIES } from '../catalog/catalog.js';
import { list } from './variable.types.js';

const refuse = { error: 'not accepted' };

/** A part of something, from 0 to 1. */
export const share = z
  .string()
  .regex(/^(0|1|0?\.\d{1,9}|1\.0{1,9})$/, refuse)
  .transform(Number);

/** Names of catalog entries, as configuration writes them: `token-balances,block-height`. */
export const entryNames = list
  .transform((names) => names.map((name) => CATALOG_ENTRIES.find((entry) => slugOf(entry.name) === name.toLowerCase())))
  .refine((entries) => entries.every((entry) => entry !== undefined), refuse)
  .transform((entries) => entries.map((entry) => entry!.name));

export const ENTRY_NAMES_EXPECTED = CATALOG_ENTRIES.map(({ name }) => slugOf(name)).join(', ');

function slugOf(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-');
}
