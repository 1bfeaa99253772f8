# One GET with Ruby's faraday and its retry middleware: faraday_client.rb URL prints the outcome as JSON.
require 'date' # this faraday forgets to
require 'faraday'
require 'json'

connection = Faraday.new do |f|
  f.request :retry, max: 3, retry_statuses: [429, 503]
  f.adapter Faraday.default_adapter
end
answer = connection.get(ARGV.fetch(0))
puts JSON.generate(status: answer.status, body: answer.body)
