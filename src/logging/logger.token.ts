/** The application's pino logger. */
export const LOGGER = Symbol('LOGGER');
