import { applyDecorators } from '@nestjs/common';
import { ApiResponse, ApiSecurity } from '@nestjs/swagger';

/** Describes the credentials that a route takes, and how it refuses others. @param forbidden what its 403 says */
export function DescribesCredentials(
  forbidden: string = 'With a credential that may not',
): ClassDecorator & MethodDecorator {
  return applyDecorators(
    ApiSecurity('api-key'),
    ApiSecurity('bearer'),
    ApiResponse({ status: 401, description: 'Without a credential, or with one that is unknown, expired or revoked' }),
    ApiResponse({ status: 403, description: forbidden }),
  );
}
