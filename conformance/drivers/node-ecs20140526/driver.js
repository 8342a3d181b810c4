// Drives the package that its second argument names, of those for one API each (@alicloud/ecs20140526), any release: typed requests and responses, errors as exceptions.
'use strict';
const fs = require('fs');
const path = require('path');
const { about, clientFor, converse, installed, load, made, modules, parsesAll } = require('../shared/conversation.js');
const tea = require('../shared/tea.js');

const PACKAGE = process.argv[3];

// The class of the settings, and of the options of one call, have moved between packages over the releases.
function settings() {
  if (installed('@alicloud/openapi-core')) {
    const util = load('@alicloud/openapi-core').$OpenApiUtil;
    return { Config: util.Config, Options: load('@darabonba/typescript').RuntimeOptions };
  }
  const Options = load('@alicloud/tea-util').RuntimeOptions;
  if (installed('@alicloud/openapi-client')) return { Config: load('@alicloud/openapi-client').Config, Options };
  return { Config: load('@alicloud/rpc-client').Config, Options };
}

// Releases whose operations go through callApi sign V3, and V1 on demand; all before them sign V1 only.
function signatures() {
  const source = fs.readFileSync(require.resolve(path.join(modules, PACKAGE)), 'utf8');
  return source.includes('this.callApi(') ? ['v3', 'v1'] : ['v1'];
}

// A model of this class with these values by documented names; what it has no member for is noted.
function built(Model, given, at, unknown) {
  const own = Object.fromEntries(Object.entries(Model.names()).map(([mine, wire]) => [wire, mine]));
  const model = {};
  for (const [name, value] of Object.entries(given)) {
    const path = at ? `${at}.${name}` : name;
    if (name in own) model[own[name]] = valued(Model.types()[own[name]], value, path, unknown);
    else unknown.push(path);
  }
  return new Model(model);
}

function valued(type, value, path, unknown) {
  if (Array.isArray(value)) return value.map((one, n) => valued((type || {}).itemType, one, `${path}.${n + 1}`, unknown));
  const isModel = value !== null && typeof value === 'object' && typeof type === 'function' && typeof type.names === 'function';
  return isModel ? built(type, value, path, unknown) : value;
}

async function answer(call) {
  if (call.raw) return parsesAll;
  const action = call.operation.action;
  const Request = load(PACKAGE)[`${action}Request`];
  if (!Request) return { ok: false, unsupported: action };
  const unknown = [];
  const request = built(Request, call.parameters, '', unknown);
  if (unknown.length > 0) return { ok: false, unsupported: unknown.join(', ') };
  const { Config, Options } = settings();
  const client = clientFor(call, () => new (load(PACKAGE).default)(new Config(tea.settings(call))));
  const options = new Options(tea.patience(call));
  const method = `${action[0].toLowerCase()}${action.slice(1)}WithOptions`;
  return made(call, async () => {
    const response = await client[method](request, options);
    const result = (response.body || response);
    return result.toMap ? result.toMap() : result;
  });
}

converse(() => about(PACKAGE, { view: 'typed', signatures: signatures(), structures: true }), answer, tea.failure);
