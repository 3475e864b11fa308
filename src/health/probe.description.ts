import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';

const checks = z.record(z.string(), z.looseObject({ status: z.string() }));

const probeAnswer = z.object({
  status: z.enum(['ok', 'degraded', 'error', 'shutting_down']),
  info: checks.describe('Checks that passed'),
  error: checks.describe('Checks that failed'),
  details: checks.describe('All of them'),
});

/** Describes a route for Kubernetes: 200 or 503, both with what each check found. */
export function DescribesProbe(summary: string): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiResponse({ status: 200, description: 'Yes', standardSchema: probeAnswer }),
    ApiResponse({ status: 503, description: 'No, and why', standardSchema: probeAnswer }),
  );
}
