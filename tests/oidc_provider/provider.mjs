// A certified provider of OpenID Connect for the tests: its own pages let anybody in under any login.
// node provider.mjs PORT REDIRECT_URI KEY_ID
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [port, redirectUri, kid] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const issuer = `http://127.0.0.1:${port}`;
const groups = { zoe: ['clerks', 'everybody'], max: ['managers'], lea: [] };

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'passerelle',
    client_secret: 'a secret of the tests',
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [redirectUri.replace('/oidc/callback', '')],
  }],
  claims: { openid: ['sub', 'groups'], profile: ['name'] },
  pkce: { required: () => true },
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] },
  cookies: { keys: ['of the tests'] },
  findAccount: (_context, sub) => ({
    accountId: sub,
    claims: () => ({ sub, name: `Exemple ${sub}`, groups: groups[sub] ?? [] }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
