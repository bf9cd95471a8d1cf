package kind

import "slices"

// HoldsData says whether resources of a type hold data that a replacement does not have. The list is ours: the types of which CloudFormation can take a
// snapshot, those of which its documentation says that data is lost with them
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html and aws-attribute-updatereplacepolicy.html),
// and others that store what people or programs put into them, such as keys without which data cannot be read.
func HoldsData(resource string) bool { return slices.Contains(holders, resource) }

var holders = []string{
	// with a snapshot
	"AWS::DocDB::DBCluster", "AWS::DocDB::DBInstance", "AWS::EC2::Volume", "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup", "AWS::Neptune::DBCluster",
	"AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::Redshift::Cluster",
	// without one
	"AWS::Backup::BackupVault", "AWS::Cassandra::Table", "AWS::CloudTrail::EventDataStore", "AWS::CodeCommit::Repository", "AWS::Cognito::IdentityPool", "AWS::Cognito::UserPool",
	"AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table", "AWS::ECR::Repository", "AWS::EFS::FileSystem", "AWS::EMR::Cluster", "AWS::Elasticsearch::Domain", "AWS::FSx::FileSystem", "AWS::KMS::Key", "AWS::KMS::ReplicaKey",
	"AWS::Kinesis::Stream", "AWS::Logs::LogGroup", "AWS::MSK::Cluster", "AWS::MemoryDB::Cluster", "AWS::Neptune::DBInstance", "AWS::OpenSearchService::Domain",
	"AWS::OpenSearchServerless::Collection", "AWS::Organizations::Account", "AWS::QLDB::Ledger", "AWS::RDS::GlobalCluster", "AWS::S3::Bucket", "AWS::S3Express::DirectoryBucket", "AWS::S3Tables::TableBucket",
	"AWS::SDB::Domain", "AWS::SQS::Queue", "AWS::SecretsManager::Secret", "AWS::Timestream::Database", "AWS::Timestream::Table",
	// what is in a nested stack is not known here
	"AWS::CloudFormation::Stack",
}
