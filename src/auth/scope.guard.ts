import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UseGuards,
  applyDecorators,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiSecurity } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AccessControl } from './access.control.js';
import type { Scope } from './scope.js';

const SCOPE_METADATA = 'chaincache:scope';

/** Lets a request through when its credential carries the scope that `RequireScope` names. */
@Injectable()
export class ScopeGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly access: AccessControl,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const scope = this.reflector.getAllAndOverride<Scope | undefined>(SCOPE_METADATA, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (scope !== undefined) await this.access.require(context.switchToHttp().getRequest<FastifyRequest>(), scope);
    return true;
  }
}

/** The handler, or every handler of the controller, is only for credentials with this scope. */
export function RequireScope(scope: Scope): ClassDecorator & MethodDecorator {
  return applyDecorators(SetMetadata(SCOPE_METADATA, scope), UseGuards(ScopeGuard), ApiSecurity('api-key'));
}
