// Bluesky's own reference servers on loopback, for the tests: the directory of accounts (PLC), a server of accounts (PDS) and
// the public view of all posts (AppView), out of npm's @atproto/dev-env. Argument: the port of the server of accounts.
//
// Its readiness is printed. It ends when its standard input does, so that it never outlives the test.
'use strict';

const net = require('net');

// The servers name no host where they listen; they are held to this machine.
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...given) {
  if (/^\d+$/.test(String(given[0])) && typeof given[1] !== 'string') given.splice(1, 0, '127.0.0.1');
  else if (given[0] && typeof given[0] === 'object' && given[0].port != null) given[0].host ??= '127.0.0.1';
  return listen.apply(this, given);
};

const { TestBsky, TestPds, TestPlc, mockNetworkUtilities } = require('@atproto/dev-env');

const LABELS = 'did:example:nobody';

async function start(port) {
  const plc = await TestPlc.create({});
  const bsky = await TestBsky.create({
    plcUrl: plc.url,
    pdsPort: port,
    repoProvider: `ws://localhost:${port}`,
    dbPostgresUrl: process.env.DB_POSTGRES_URL,
    dbPostgresSchema: 'appview',
    redisHost: process.env.REDIS_HOST,
    modServiceDid: LABELS,
    labelsFromIssuerDids: [LABELS],
  });
  const pds = await TestPds.create({
    port,
    hostname: 'localhost',
    didPlcUrl: plc.url,
    bskyAppViewUrl: bsky.url,
    bskyAppViewDid: bsky.ctx.cfg.serverDid,
    modServiceUrl: 'http://localhost:1',
    modServiceDid: LABELS,
  });
  mockNetworkUtilities(pds, bsky);
  return { plc, bsky, pds };
}

async function stop({ plc, bsky, pds }) {
  await bsky.close();
  await pds.close();
  await plc.close();
}

start(Number(process.argv[2])).then(
  (network) => {
    console.log(`ready ${network.pds.url}`);
    process.stdin.resume();
    process.stdin.on('end', () => stop(network).finally(() => process.exit(0)));
  },
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
