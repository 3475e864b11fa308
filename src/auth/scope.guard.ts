import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UseGuards,
  applyDecorators,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';

import type { FastifyRequest } from 'fastify';
import { walletOf } from '../catalog/wallet.js';
import { AccessControl } from './access.control.js';
import { DescribesCredentials } from './credentials.description.js';
import type { Scope } from './scope.js';

const REQUIREMENT = 'chaincache:access';

interface Requirement {
  readonly scope: Scope;
  /** The route's parameter that names the wallet whose owner may too. */
  readonly ownerParam?: string;
}

/** Lets a request through when its credential has what `RequireScope` or `OwnerOrScope` asks for. */
@Injectable()
export class ScopeGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly access: AccessControl,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const requirement = this.reflector.getAllAndOverride<Requirement | undefined>(REQUIREMENT, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (requirement === undefined) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { scope, ownerParam } = requirement;
    if (ownerParam === undefined) {
      await this.access.require(request, scope);
    } else {
      // Guards run before parameters are checked: what is no wallet has no owner.
      const { [ownerParam]: text = '' } = request.params as Readonly<Record<string, string>>;
      await this.access.requireOwnerOr(request, walletOf(text)?.address ?? null, scope);
    }
    return true;
  }
}

/** The handler, or every handler of the controller, is only for API keys with this scope. */
export function RequireScope(scope: Scope): ClassDecorator & MethodDecorator {
  return applyDecorators(...restricted({ scope }));
}

/** The handler is for the owner of the wallet that a parameter of its route names, and for API keys with this scope. */
export function OwnerOrScope(scope: Scope, ownerParam: string = 'wallet'): ClassDecorator & MethodDecorator {
  return applyDecorators(...restricted({ scope, ownerParam }));
}

function restricted(requirement: Requirement): (ClassDecorator & MethodDecorator)[] {
  const lacking = `With a credential that lacks the scope ${requirement.scope}`;
  return [
    SetMetadata(REQUIREMENT, requirement),
    UseGuards(ScopeGuard),
    DescribesCredentials(requirement.ownerParam === undefined ? lacking : `${lacking}, and is not the owner’s`),
  ];
}
