-- Health of RestDefinitions, Configurations and every generated kind, by what kstatus reads.
if obj.metadata.deletionTimestamp ~= nil then
  return { status = "Progressing", message = "is being deleted" }
end
if obj.metadata.annotations ~= nil and obj.metadata.annotations["krateo.io/paused"] == "true" then
  return { status = "Suspended", message = "paused by krateo.io/paused" }
end
-- A Configuration has no status: it is as good as what names it.
if string.sub(obj.kind, -13) == "Configuration" and (obj.status == nil or obj.status.conditions == nil) then
  return { status = "Healthy", message = "" }
end
if obj.status == nil or obj.status.conditions == nil then
  return { status = "Progressing", message = "was not looked at yet" }
end
if obj.status.observedGeneration ~= nil and obj.status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "the last change was not looked at yet" }
end
local found = {}
for _, condition in ipairs(obj.status.conditions) do
  found[condition.type] = condition
end
if found["Stalled"] ~= nil and found["Stalled"].status == "True" then
  return { status = "Degraded", message = found["Stalled"].message }
end
if found["Ready"] ~= nil and found["Ready"].status == "True" then
  return { status = "Healthy", message = found["Ready"].message }
end
for _, type in ipairs({ "Reconciling", "Synced", "Ready" }) do
  if found[type] ~= nil and found[type].message ~= nil and found[type].message ~= "" then
    return { status = "Progressing", message = found[type].message }
  end
end
return { status = "Progressing", message = "" }
