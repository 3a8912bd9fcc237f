import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { SIGNED_IN, serveTo } from './http-access.ts';
import type { App } from './http-app.ts';

/** As for the console, but that the page of the library carries a style element of its own. */
const DOCS_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Must be registered before the routes that it describes. */
export async function describeRoutes(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Ringline',
        version,
        description:
          'Sign in with POST /api/session; send its csrfToken as header x-csrf-token with everything that changes something. Errors have the body {error: {code, message, field?}}.',
      },
      components: {
        securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'ringline' } },
      },
      security: [{ session: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(async (scope) => {
    serveTo(scope, SIGNED_IN);
    await scope.register(swaggerUi, { routePrefix: '/api/docs', staticCSP: DOCS_CSP });
  });
}
