// Drives @alicloud/openapi-core, which the packages of single APIs stand on: any operation by name, as they call it.
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');

const PACKAGE = '@alicloud/openapi-core';
const modules = path.join(process.argv[2], 'node_modules');
const say = (message) => fs.writeSync(1, JSON.stringify(message) + '\n');
console.log = console.info = console.debug = console.error; // standard output is for answers

function versions(folder) {
  const found = {};
  for (const entry of fs.readdirSync(folder)) {
    const inside = entry.startsWith('@') ? fs.readdirSync(path.join(folder, entry)).map((n) => `${entry}/${n}`) : [entry];
    for (const name of inside) {
      const file = path.join(folder, name, 'package.json');
      if (fs.existsSync(file)) found[name] = JSON.parse(fs.readFileSync(file)).version;
    }
  }
  return found;
}

const load = (name) => require(path.join(modules, name));

function start() {
  const { [PACKAGE]: version, ...dependencies } = versions(modules);
  load(PACKAGE);
  return {
    ready: true, protocol: 2, name: PACKAGE, version, dependencies, runtime: `Node.js ${process.version}`,
    view: 'json', methods: ['POST', 'GET'], signatures: ['v3', 'v1'], structures: true, can: ['nulls', 'threads', 'tls'],
  };
}

let kept = { key: null, client: null };
function clientFor(call) {
  const key = JSON.stringify([call.endpoint, call.region, call.credentials, call.signature]);
  if (kept.key !== key) {
    const { access_key_id: accessKeyId, access_key_secret: accessKeySecret, security_token: securityToken } = call.credentials;
    const config = { accessKeyId, accessKeySecret, endpoint: call.endpoint.split('//')[1], protocol: call.endpoint.split(':')[0], regionId: call.region };
    if (securityToken !== undefined) config.securityToken = securityToken;
    if (call.signature === 'v1') config.signatureAlgorithm = 'v2'; // the SDK's word for signature version 1.0
    const { default: Client, $OpenApiUtil } = load(PACKAGE);
    kept = { key, client: new Client(new $OpenApiUtil.Config(config)) };
  }
  return kept.client;
}

async function answer(call) {
  const { OpenApiUtil, $OpenApiUtil } = load(PACKAGE);
  const { RuntimeOptions } = load('@darabonba/typescript');
  const { action, version } = call.operation;
  const client = clientFor(call);
  const params = new $OpenApiUtil.Params({
    action, version, protocol: call.endpoint.split(':')[0].toUpperCase(), pathname: '/', method: call.method || 'POST',
    authType: 'AK', style: 'RPC', reqBodyType: 'formData', bodyType: 'json',
  });
  const milliseconds = Math.round(call.timeout * 1000);
  const once = async () => {
    const request = new $OpenApiUtil.OpenApiRequest({ query: OpenApiUtil.query(call.parameters) });
    const options = new RuntimeOptions({ readTimeout: milliseconds, connectTimeout: milliseconds });
    const { body } = await client.callApi(params, request, options);
    return body === undefined ? null : body;
  };
  return { ok: true, result: call.burst ? await atOnce(call.burst, once) : await once() };
}

// In JavaScript, calls are made at once by promises; so many of them are under way as there would be threads.
async function atOnce({ calls, workers }, once) {
  const share = Math.ceil(calls / workers);
  const worker = async () => {
    const found = [];
    for (let n = 0; n < share; n += 1) found.push(await once());
    return found;
  };
  return (await Promise.all(Array.from({ length: workers }, worker))).flat();
}

function failure(error) {
  const data = error.data || {};
  const known = (value) => (value === undefined || value === null ? null : String(value));
  return {
    code: known(error.code),
    message: String(error.message),
    http_status: Number(error.statusCode || data.statusCode) || null,
    request_id: known(error.requestId || data.RequestId),
    type: error.name || 'Error',
    // Errors of JavaScript itself come from a mistake within; all others are thrown on purpose.
    declared: !(error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError),
    text: `${error.stack}\n${error}`,
  };
}

async function main() {
  const lines = readline.createInterface({ input: process.stdin, crlfDelay: Infinity })[Symbol.asyncIterator]();
  await lines.next();
  try {
    say(start());
  } catch (error) {
    say({ ready: false, reason: String(error) });
    return;
  }
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    const call = JSON.parse(line.value);
    let reply;
    try {
      reply = await answer(call);
    } catch (error) {
      reply = { ok: false, error: failure(error) };
    }
    say({ id: call.id, ...reply });
  }
  process.exit(0);
}

main();
