import { createHmac } from 'node:crypto';

/** Of a closed server: `tidegate.auth.secret`. */
export const SECRET = 'a-shared-secret-of-at-least-32-bytes';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of this user that counts for so many seconds, signed with HS256. */
export function jwt(sub, seconds, claims = {}, secret = SECRET) {
  const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub, exp: Date.now() / 1_000 + seconds, ...claims })}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}
